/** A scan's picture for a component; undefined while it is being drawn. */
import { createContext, useContext, useEffect, useMemo, useState } from 'react';
import type { Failure, Result } from '../../shared/lib/result.ts';
import type { ScanRepository } from '../db/scan-repository.ts';
import { createPictures, type Picture, type Pictures } from './picture.ts';

const PicturesContext = createContext<Pictures | null>(null);
export const PicturesProvider = PicturesContext.Provider;

/** Pictures that live as long as the component. */
export function usePictures(scans: ScanRepository): Pictures {
  const pictures = useMemo(() => createPictures(scans), [scans]);
  useEffect(() => pictures.clear, [pictures]);
  return pictures;
}

export function usePicture(sha256: string, sizePx: number, pageNumber = 1): Result<Picture, Failure> | undefined {
  const pictures = useContext(PicturesContext);
  if (pictures === null) throw new Error('usePicture outside PicturesProvider');
  const [shown, setShown] = useState<{ sha256: string; pageNumber: number; picture: Result<Picture, Failure> }>();
  useEffect(() => {
    let isCurrent = true;
    void pictures.of(sha256, pageNumber, sizePx).then((picture) => isCurrent && setShown({ sha256, pageNumber, picture }));
    return () => {
      isCurrent = false;
    };
  }, [pictures, sha256, pageNumber, sizePx]);
  return shown?.sha256 === sha256 && shown.pageNumber === pageNumber ? shown.picture : undefined;
}
